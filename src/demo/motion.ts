const xmpName = "http://ns.adobe.com/xap/1.0/\0";

/** A picture with its moment behind it, as Google's phones write it: a JPEG whose XMP says how many bytes of MP4 follow. */
export function motionPhoto(jpeg: Uint8Array, film: Uint8Array): Uint8Array {
  const xmp = `${xmpName}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1" GCamera:MicroVideoVersion="1" GCamera:MicroVideoOffset="${film.byteLength}"/></rdf:RDF></x:xmpmeta>`;
  const content = new TextEncoder().encode(xmp);
  const length = content.byteLength + 2;
  const segment = [0xff, 0xe1, length >> 8, length & 0xff];
  // After the mark that begins every JPEG (SOI, two bytes).
  return Buffer.concat([jpeg.subarray(0, 2), Uint8Array.from(segment), content, jpeg.subarray(2), film]);
}
