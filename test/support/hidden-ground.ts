/**
 * Rows that a caller may read among rows that they may not, tied together in every way: a visible row points at a hidden one, hidden ones at
 * visible ones, pairs join the two kinds. All that is hidden has «secret» in its texts. `shuffle` changes everything that is hidden and nothing
 * that is not, so that an answer that differs afterwards has told something.
 */
import { actingAs } from './acting-as.ts'
import { type Api, createdId, expectStatus } from './api.ts'
import type { Ground } from './any-words.ts'
import { makeTeam, makeUnit, makeUser } from './make-people.ts'
import { giveRole, joinTeam, makeRole, standardRole } from './make-roles.ts'
import { makeParts } from './make-parts.ts'

export type HiddenGround = {
  readonly ground: Ground
  readonly caller: Api
  readonly callerId: string
  /** Ids of what is hidden for good, whatever is shuffled. */
  readonly hidden: Ground
  readonly shuffle: () => Promise<void>
}

export async function layHiddenGround(api: Api): Promise<HiddenGround> {
  await makeParts(api)
  const unit = await makeUnit(api, 'Visible')
  const callerId = await makeUser(api, 'Nosy', { 'businessunitid@odata.bind': `/businessunits(${unit})` })
  await giveRole(api, `systemusers(${callerId})`, await standardRole(api, unit, 'Basic User'))
  await giveRole(api, `systemusers(${callerId})`, await makeRole(api, unit, 'Reads parts', { prvReadnew_Part: 'deep' }))
  // More principals and units than are written into a statement one by one.
  for (let made = 1; made <= 9; made++) {
    await makeUnit(api, `Below ${made}`, unit)
    await joinTeam(api, await makeTeam(api, `Team ${made}`, unit), callerId)
  }
  const mine = { 'ownerid@odata.bind': `/systemusers(${callerId})` }

  const hiddenContact = createdId(await api.post('contacts', { lastname: 'secret', firstname: 'secret' }))
  const hiddenAccount = createdId(
    await api.post('accounts', { name: 'secret maker', accountnumber: 'S-1', 'primarycontactid@odata.bind': `/contacts(${hiddenContact})` }),
  )
  const hiddenPart = createdId(await api.post('new_parts', { new_name: 'secret part', new_number: 'S-1' }))
  const hidden = { part: hiddenPart, account: hiddenAccount, contact: hiddenContact }

  const contact = createdId(await api.post('contacts', { lastname: 'Alder', ...mine, 'parentcustomerid_account@odata.bind': `/accounts(${hiddenAccount})` }))
  const account = createdId(await api.post('accounts', { name: 'Maker', ...mine, 'primarycontactid@odata.bind': `/contacts(${hiddenContact})` }))
  const part = createdId(await api.post('new_parts', { new_number: 'P-1', new_stock: 1, ...mine, 'new_MakerId@odata.bind': `/accounts(${account})` }))
  const ofHidden = createdId(await api.post('new_parts', { new_number: 'P-2', ...mine, 'new_MakerId@odata.bind': `/accounts(${hiddenAccount})` }))
  for (const one of [part, ofHidden]) {
    for (const other of [contact, hiddenContact]) await pair(api, one, other)
  }
  const ground = { part, account, contact }
  const state = { turn: 0, extras: [] as string[] }

  async function shuffle(): Promise<void> {
    state.turn++
    const { turn } = state
    // Before all that is visible in one turn, behind it in the next: an order by it would change.
    const text = `${'AZ'[turn % 2]} secret ${turn} ${'%_['.slice(0, turn % 4)}`
    expectStatus(await api.patch(`contacts(${hiddenContact})`, { lastname: text, firstname: text, numberofchildren: turn % 9 }), 204)
    expectStatus(await api.patch(`accounts(${hiddenAccount})`, { name: text, accountnumber: `S-${turn}`, numberofemployees: turn }), 204)
    // Now below a visible row, now not.
    expectStatus(
      await api.patch(`accounts(${hiddenAccount})`, turn % 2 === 1 ? { 'parentaccountid@odata.bind': `/accounts(${account})` } : { parentaccountid: null }),
      204,
    )
    const maker = turn % 2 === 0 ? account : hiddenAccount
    const body = { new_name: text, new_number: `S-${turn}`, new_stock: turn % 7, new_price: turn / 4, new_sold: turn % 2 === 0, new_grade: 1 + (turn % 2) }
    expectStatus(
      await api.patch(`new_parts(${hiddenPart})`, { ...body, new_day: `2026-01-0${1 + (turn % 9)}`, 'new_MakerId@odata.bind': `/accounts(${maker})` }),
      204,
    )
    for (const extra of state.extras.splice(0)) expectStatus(await api.delete(extra), 204)
    for (let made = 0; made < turn % 3; made++) await makeExtras(text, `${turn}-${made}`)
    // Pairs of which one side is hidden.
    if (turn % 2 === 1) await pair(api, hiddenPart, contact)
    else expectStatus(await api.delete(`new_parts(${hiddenPart})/new_part_contact(${contact})/$ref`), 204)
  }

  async function makeExtras(text: string, number: string): Promise<void> {
    const part = createdId(
      await api.post('new_parts', { new_name: text, new_number: `S-${number}`, new_stock: 9, 'new_MakerId@odata.bind': `/accounts(${account})` }),
    )
    const child = createdId(await api.post('contacts', { lastname: text, 'parentcustomerid_account@odata.bind': `/accounts(${account})` }))
    const task = createdId(await api.post('tasks', { subject: text, 'regardingobjectid_account@odata.bind': `/accounts(${account})` }))
    state.extras.push(`new_parts(${part})`, `contacts(${child})`, `tasks(${task})`)
  }

  await shuffle()
  return { ground, caller: actingAs(api, callerId), callerId, hidden, shuffle }
}

async function pair(api: Api, part: string, contact: string): Promise<void> {
  expectStatus(await api.post(`new_parts(${part})/new_part_contact/$ref`, { '@odata.id': `${api.root}/contacts(${contact})` }), 204)
}
