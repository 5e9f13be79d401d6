/** An address as lines: `Main St 1\r\nSeattle, WA 98101\r\nUSA`. What is missing leaves no gap. */
type Text = string | undefined

export type AddressParts = {
  readonly lines: readonly Text[]
  readonly city: Text
  readonly state: Text
  readonly postalCode: Text
  readonly country: Text
}

export function addressText({ lines, city, state, postalCode, country }: AddressParts): string {
  return joined([...lines, joined([city, joined([state, postalCode], ' ')], ', '), country], '\r\n')
}

export function joined(parts: readonly Text[], separator: string): string {
  return parts.filter((part) => part).join(separator)
}
