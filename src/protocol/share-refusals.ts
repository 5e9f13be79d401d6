/** The catalogue's part about sharing rows. */
import { codes, refusal } from './refusal.ts'

export const SHARE_REFUSALS = {
  CannotShareWithOwner: refusal(400, '0x80040214', codes, () => 'An item cannot be shared with the owning user.'),
} as const
