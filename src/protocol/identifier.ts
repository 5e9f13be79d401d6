/** A simple identifier of OData: `accountnumber`, `_ownerid_value`, `Größe`. */
const IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}_]*$/u
const ASCII = /^[A-Za-z_][A-Za-z0-9_]*$/

export function isIdentifier(text: string): boolean {
  return ASCII.test(text) || IDENTIFIER.test(text)
}
