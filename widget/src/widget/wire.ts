/** The few things a connection asks of a socket, so that tests can put a fake in its place. */

import { io } from "socket.io-client";

export interface Wire {
  readonly connected: boolean;
  /** Connects now, also in the middle of a back-off. */
  connect(): void;
  /** Tears the transport down and begins afresh: for a line that looks open but answers nothing. */
  restart(): void;
  close(): void;
  on(event: string, listener: (payload: unknown) => void): void;
  send(event: string, payload: unknown): void;
  /** Rejects when no ack came in time. */
  ask(event: string, payload: unknown, ms: number): Promise<unknown>;
}

export type Auth = Readonly<Record<string, string | null>>;
export type OpenWire = (auth: () => Auth | Promise<Auth>) => Wire;

interface Refused extends Error {
  readonly data?: { readonly code?: string };
}

/** Socket.IO at the shop's own address; `refused` carries the code of a handshake the server turned down. */
export const socketWire =
  (origin: string, namespace = "/customer"): OpenWire =>
  (auth) => {
    const socket = io(`${origin}${namespace}`, {
      autoConnect: false,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 400,
      reconnectionDelayMax: 5000,
      timeout: 8000,
      auth: (give) => void Promise.resolve(auth()).then(give),
    });
    const connect = () => void socket.connect();
    // A server that shuts down says goodbye, which the client takes as final; for us it is one more lost line.
    socket.on("disconnect", (reason) => reason === "io server disconnect" && setTimeout(connect, 500 + Math.random() * 1500));
    return {
      get connected() {
        return socket.connected;
      },
      connect,
      restart: () => {
        socket.disconnect();
        connect();
      },
      close: () => void socket.disconnect(),
      on: (event, listener) => {
        if (event === "refused") {
          // An active socket tries again by itself: only the server's own refusal ends the attempts.
          socket.on("connect_error", (error: Refused) => {
            if (!socket.active) listener(error.data?.code ?? error.message);
          });
        } else {
          socket.on(event, listener);
        }
      },
      send: (event, payload) => void socket.emit(event, payload),
      ask: (event, payload, ms) => socket.timeout(ms).emitWithAck(event, payload),
    };
  };
