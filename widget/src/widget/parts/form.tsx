/** A few fields inside the chat; every complaint stands beside its field, and what was typed stays. */

import { CircleAlert, CircleCheck } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Field, FormPart } from "../protocol.ts";
import { words } from "../words.ts";
import type { PartProps } from "./part.tsx";

type Values = Readonly<Record<string, string>>;

const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/** Null when the value may be sent; the shop checks again, and its word counts. */
export function complaint(field: Field, value: string): string | null {
  if (value === "") return field.required ? words.required : null;
  if (field.type === "email" && !EMAIL.test(value)) return words.email;
  if (field.type === "tel" && value.replace(/\D/g, "").length < 7) return words.phone;
  return null;
}

export function ContactForm({ part, offers, send }: PartProps<FormPart>): JSX.Element | null {
  const refused = offers.refused.get(part.id);
  const [values, setValues] = useState<Values>(() => ({
    ...Object.fromEntries(part.fields.map((field) => [field.name, field.value])),
    ...refused?.values,
  }));
  const [errors, setErrors] = useState<Values>({});
  const [complaints, setComplaints] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const sent = offers.answered.has(part.id);

  const complain = (found: Values): void => {
    setErrors(found);
    if (Object.keys(found).length) setComplaints((count) => count + 1);
  };
  useEffect(() => {
    if (refused) complain(refused.fields);
  }, [refused?.fields]);
  useEffect(() => {
    if (complaints) form.current?.querySelector<HTMLInputElement>("[aria-invalid=true]")?.focus();
  }, [complaints]);

  if (!part.open && !sent) return null;
  if (sent) {
    return (
      <p class="picked">
        <Icon of={CircleCheck} size={16} />
        {words.formSent}
      </p>
    );
  }

  const submit = (event: Event): void => {
    event.preventDefault();
    const trimmed = Object.fromEntries(part.fields.map((field) => [field.name, (values[field.name] ?? "").trim()]));
    const found = part.fields.flatMap((field) => {
      const words = complaint(field, trimmed[field.name] ?? "");
      return words ? [[field.name, words] as const] : [];
    });
    complain(Object.fromEntries(found));
    if (found.length) return;
    const text = part.fields.flatMap((field) => (trimmed[field.name] ? [`${field.label}: ${trimmed[field.name]}`] : [])).join("\n");
    send({ form: { id: part.id, values: trimmed } }, text);
  };

  return (
    <form class="card form" noValidate onSubmit={submit} ref={form}>
      {part.fields.map((field) => {
        const id = `${part.id}-${field.name}`;
        const error = errors[field.name];
        return (
          <div class="field" key={field.name}>
            <label for={id}>
              {field.label}
              {!field.required && <span class="field__optional"> {words.optional}</span>}
            </label>
            <input
              id={id}
              name={field.name}
              type={field.type as "text"}
              {...{ autocomplete: field.autocomplete }}
              required={field.required}
              maxLength={254}
              value={values[field.name] ?? ""}
              aria-invalid={error ? "true" : undefined}
              aria-describedby={error ? `${id}-error` : undefined}
              onInput={(event) => {
                const value = event.currentTarget.value;
                setValues((before) => ({ ...before, [field.name]: value }));
                // A complaint goes as soon as it is met; none appears while somebody types, and nothing moves under a click.
                if (error && !complaint(field, value.trim())) setErrors((before) => without(before, field.name));
              }}
            />
            {error && (
              <p class="field__error" id={`${id}-error`}>
                <Icon of={CircleAlert} size={14} />
                {error}
              </p>
            )}
          </div>
        );
      })}
      <button type="submit" class="button">
        {part.submit}
      </button>
    </form>
  );
}

function without(errors: Values, name: string): Values {
  const { [name]: _, ...rest } = errors;
  return rest;
}
