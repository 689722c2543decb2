/** The line's state in one sentence, only when there is something to say, and not for a blink. */

import { CircleAlert, RefreshCw, WifiOff } from "lucide";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Link } from "../fold.ts";
import { words } from "../words.ts";

const PATIENCE_MS = 2000;

export function Strip({ link, loaded }: { link: Link; loaded: boolean }): JSX.Element {
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    setPatient(true);
    if (link !== "connecting") return;
    const timer = setTimeout(() => setPatient(false), loaded ? PATIENCE_MS : 2 * PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [link, loaded]);

  const shown = link === "offline" || link === "refused" || (link === "connecting" && !patient);
  const [icon, text] =
    link === "offline"
      ? ([WifiOff, words.offline] as const)
      : link === "refused"
        ? ([CircleAlert, words.refused] as const)
        : ([RefreshCw, words.connecting] as const);
  return (
    <div class="strip" role="status" data-link={link} data-shown={shown}>
      {shown && (
        <p>
          <Icon of={icon} size={16} />
          {text}
        </p>
      )}
    </div>
  );
}
