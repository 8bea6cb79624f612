/** How a picture lies on its stage: scale over the fitted size, and the shift of its centre from the stage's centre in pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Stage {
  readonly width: number;
  readonly height: number;
  /** Size of the picture when it fits the stage. */
  readonly fittedWidth: number;
  readonly fittedHeight: number;
}

export const fitted: View = { scale: 1, x: 0, y: 0 };
export const maxScale = 12;

/** Zoom by a factor so that the point under the finger (from the stage's centre) stays where it is. */
export function zoomAt(view: View, factor: number, x: number, y: number, stage: Stage): View {
  const scale = clamp(view.scale * factor, 1, maxScale);
  const grown = scale / view.scale;
  return keepOnStage({ scale, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown }, stage);
}

export function panBy(view: View, dx: number, dy: number, stage: Stage): View {
  return keepOnStage({ ...view, x: view.x + dx, y: view.y + dy }, stage);
}

/** A picture smaller than the stage is centred; a larger one covers it. */
function keepOnStage(view: View, stage: Stage): View {
  const freeX = Math.max(0, (stage.fittedWidth * view.scale - stage.width) / 2);
  const freeY = Math.max(0, (stage.fittedHeight * view.scale - stage.height) / 2);
  return { scale: view.scale, x: clamp(view.x, -freeX, freeX), y: clamp(view.y, -freeY, freeY) };
}

/** The size of a picture inside a stage, never larger than its own pixels. */
export function fit(
  width: number,
  height: number,
  stageWidth: number,
  stageHeight: number,
): { width: number; height: number } {
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  const scale = Math.min(1, stageWidth / width, stageHeight / height);
  return { width: width * scale, height: height * scale };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value)) || 0;
}
