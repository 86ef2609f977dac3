// @ts-check
// Pictures that are asked about: read from files, and made small enough to be sent. The server takes them as data URLs.

export const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const LONGEST_EDGE_PX = 1536; // models scale pictures down to this or less
const MOST_CHARACTERS = 300_000; // what a model is given holds a megabyte, with all that was said before
export const MOST_MEGABYTES = 25; // of a file: it is taken apart in memory
const QUALITIES = [0.9, 0.75, 0.5];

/** @param {File} file */
export const isPicture = ({ type }) => TYPES.includes(type);

/** @param {File} file */
export const isTooLarge = ({ size }) => size > MOST_MEGABYTES * 2 ** 20;

/**
 * @param {File} file
 * @returns {Promise<string>} a data URL; throws where the file is no picture that this browser can read
 */
export async function readPicture(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_EDGE_PX / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size * 4 / 3 <= MOST_CHARACTERS) {
    bitmap.close();
    return asUrl(file);
  }
  return shrunk(bitmap, scale);
}

/**
 * @param {ImageBitmap} bitmap
 * @param {number} scale
 */
function shrunk(bitmap, scale) {
  const canvas = document.createElement("canvas");
  let url = "";
  for (const quality of QUALITIES) {
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = "white"; // JPEG knows no transparency
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    url = canvas.toDataURL("image/jpeg", quality);
    if (url.length <= MOST_CHARACTERS) break;
    scale *= 0.75;
  }
  bitmap.close();
  return url;
}

/** @param {File} file @returns {Promise<string>} */
function asUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
