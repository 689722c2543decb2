/** What the loader hands to the app, and gets back. The two are built apart: this is their whole contract. */

export interface Shell {
  readonly origin: string;
  readonly host: HTMLElement;
  readonly root: ShadowRoot;
  readonly launcher: HTMLButtonElement;
  /** Shows how many messages wait on the launcher. */
  badge(count: number): void;
  /** The launcher shows whether the panel is open. */
  opened(open: boolean): void;
}

export interface Chat {
  open(): void;
  close(): void;
  toggle(): void;
}
