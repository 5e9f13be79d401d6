/** The beginning of a text that came from outside, short enough to be repeated in an error. */
const LONGEST = 200

export function excerpt(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}…`
}
