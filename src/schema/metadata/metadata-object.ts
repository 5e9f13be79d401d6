/**
 * A definition as the wire shows it: plain JSON with PascalCase members, made once for each definition and then shared.
 * Nobody changes such an object; what a query leaves out is left out of a copy.
 */

export type MetadataValue = string | number | boolean | null | readonly MetadataValue[] | MetadataObject
export type MetadataObject = { readonly [member: string]: MetadataValue }

/** `{"Value":true,"CanBeChanged":true,"ManagedPropertyLogicalName":"iscustomizable"}` */
export function managedProperty(value: boolean | string, canBeChanged: boolean, logicalName: string): MetadataObject {
  return { Value: value, CanBeChanged: canBeChanged, ManagedPropertyLogicalName: logicalName }
}

/** A number that a double cannot hold, written to JSON digit by digit: the limits of a 64-bit integer. */
export function exactInteger(text: string): MetadataObject {
  return (JSON as unknown as { rawJSON: (text: string) => MetadataObject }).rawJSON(text)
}

/** The digits of `exactInteger`. Such an object has no prototype, unlike all others here. */
export function exactDigits(value: MetadataObject): string | undefined {
  return Object.getPrototypeOf(value) === null ? (value.rawJSON as string | undefined) : undefined
}

export function isMetadataObject(value: MetadataValue | undefined): value is MetadataObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isMetadataList(value: MetadataValue | undefined): value is readonly MetadataValue[] {
  return Array.isArray(value)
}

/** Makes `make` remember by identity: a schema edit gives new objects for what it changes, and shares the rest. */
export function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}

/** An id for a part of a definition that has none of its own (a label, a local choice): the same for the same part, on every server. */
export function partId(ownerId: string, part: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < part.length; at++) hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193)
  const head = (Number.parseInt(ownerId.slice(0, 8), 16) ^ hash) >>> 0
  return head.toString(16).padStart(8, '0') + ownerId.slice(8)
}
