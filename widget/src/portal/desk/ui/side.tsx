/** Beside the conversation: who it is, what they have booked, and what is known. */

import { ExternalLink, Mail, PackageOpen, Phone, PhoneCall, UserRound, X } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../../shared/icon.tsx";
import { momentOf } from "../../../widget/time.ts";
import type { Controls } from "../controls.ts";
import type { Talk } from "../state.ts";
import { words } from "../words.ts";
import { named } from "./rows.tsx";

export function Side({ talk, controls }: { talk: Talk; controls: Controls }): JSX.Element | null {
  const { conversation, orders, ordersFailed } = talk;
  if (!conversation) return null;
  const { customer, handoff } = conversation;
  const callBack = handoff?.call_back;
  return (
    <aside class="side" aria-label={words.details} id="desk-details">
      <div class="side__head">
        <h2>{words.details}</h2>
        <button type="button" class="round" aria-label={words.closeDetails} onClick={() => controls.details(false)}>
          <Icon of={X} />
        </button>
      </div>
      <section>
        <h3>
          <Icon of={UserRound} size={16} />
          {words.customer}
        </h3>
        <p class="side__name">{customer.name ?? words.visitor}</p>
        <ul class="side__ways">
          {customer.phone && (
            <li>
              <Icon of={Phone} size={16} />
              <a href={`tel:${customer.phone}`}>{customer.phone}</a>
            </li>
          )}
          {customer.email && (
            <li>
              <Icon of={Mail} size={16} />
              <a href={`mailto:${customer.email}`}>{customer.email}</a>
            </li>
          )}
          {callBack && (
            <li class="side__ring">
              <Icon of={PhoneCall} size={16} />
              {words.callBack}: <a href={`tel:${callBack}`}>{callBack}</a>
            </li>
          )}
        </ul>
        {!customer.name && !customer.phone && !customer.email && !callBack && <p class="soft">{words.noContact}</p>}
      </section>
      <section>
        <h3>
          <Icon of={PackageOpen} size={16} />
          {words.orders}
        </h3>
        {orders === null && !ordersFailed && <i class="side__wait" />}
        {ordersFailed && (
          <p class="soft">
            {words.ordersFailed}{" "}
            <button type="button" class="quiet" onClick={() => controls.refreshOrders(conversation.id)}>
              {words.again}
            </button>
          </p>
        )}
        {orders?.length === 0 && <p class="soft">{words.noOrders}</p>}
        <ul class="orders">
          {orders?.map((order) => (
            <li key={order.reference} class="order">
              <a href={`/staff/orders/${encodeURIComponent(order.reference)}`} target="_blank" rel="noopener">
                <span class="order__reference">{order.reference}</span>
                <Icon of={ExternalLink} size={14} />
                <span class="hidden">, {words.openOrder}</span>
              </a>
              {order.repairs.map((repair, at) => (
                <p key={at} class="order__repair">
                  <span>{repair.device}</span>
                  <span class="order__stage">{repair.stage_label}</span>
                </p>
              ))}
              <p class="soft small">
                {[order.label || (order.starts_at && momentOf(order.starts_at)), order.total].filter(Boolean).join(" · ")}
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{words.facts}</h3>
        <dl class="pairs">
          <Pair label={words.since} value={momentOf(conversation.opened_at)} />
          {conversation.episode > 1 && <Pair label={words.episode} value={String(conversation.episode)} />}
          {conversation.skill && <Pair label={words.subject} value={named(conversation.skill)} />}
          {conversation.priority > 0 && <Pair label={words.urgency} value={words.priority[conversation.priority] ?? ""} />}
          {handoff?.filled.map(({ label, value }, at) => (
            <Pair key={at} label={label} value={value} />
          ))}
        </dl>
      </section>
    </aside>
  );
}

function Pair({ label, value }: { label: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
