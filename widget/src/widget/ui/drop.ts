/** Photos dropped onto the chat; anything else that is dragged is the page's own affair. */

import { useRef, useState } from "preact/hooks";
import { isPicture } from "../photos.ts";

export interface DropHandlers {
  readonly onDragEnter: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

export function useDrop(take: (files: File[]) => void): readonly [boolean, DropHandlers] {
  const [over, setOver] = useState(false);
  /** Entering a child comes before leaving its parent. */
  const depth = useRef(0);
  const end = (): void => {
    depth.current = 0;
    setOver(false);
  };
  const handlers: DropHandlers = {
    onDragEnter: (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth.current += 1;
      setOver(true);
    },
    onDragOver: (event) => {
      if (hasFiles(event)) event.preventDefault();
    },
    onDragLeave: (event) => {
      if (hasFiles(event) && --depth.current <= 0) end();
    },
    onDrop: (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      end();
      const files = [...(event.dataTransfer?.files ?? [])];
      const pictures = files.filter(isPicture);
      // With nothing but other files the tray says what can be sent.
      take(pictures.length ? pictures : files.slice(0, 1));
    },
  };
  return [over, handlers];
}

const hasFiles = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes("Files");
