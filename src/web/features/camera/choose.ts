/** Lets the person choose pictures and videos of the device; nothing chosen is an empty list. */
export function choosePictures(): Promise<readonly File[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*,video/*";
  input.multiple = true;
  input.hidden = true;
  document.body.append(input);
  return new Promise((resolve) => {
    const settle = (): void => {
      input.remove();
      resolve([...(input.files ?? [])]);
    };
    input.addEventListener("change", settle);
    input.addEventListener("cancel", settle);
    input.click();
  });
}
