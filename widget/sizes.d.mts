export const LOADER: number;
export const CHAT: number;
export function sizes(out: string, app: string): { loader: number; chat: number };
export function report(out: string, app: string): boolean;
