/** Requests of somebody else: the administrator, as whom tests speak, acts for a user, and what is allowed is what that user may do. */
import type { Api } from './api.ts'

export function actingAs(api: Api, userId: string): Api {
  const send: Api['send'] = (method, path, options = {}) => api.send(method, path, { ...options, headers: { MSCRMCallerID: userId, ...options.headers } })
  return {
    root: api.root,
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) => send('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => send('PATCH', path, { body, headers }),
    put: (path, body, headers = {}) => send('PUT', path, { body, headers }),
    delete: (path, headers = {}) => send('DELETE', path, { headers }),
  }
}
