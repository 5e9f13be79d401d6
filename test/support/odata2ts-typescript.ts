/**
 * `node --import` this before the odata2ts generator: it was written for the TypeScript that is itself JavaScript, and finds here
 * TypeScript 7, which has no such programming interface. It is given the TypeScript 5 that its own code writer brings along.
 */
import { registerHooks } from 'node:module'

registerHooks({
  load(url, context, nextLoad) {
    if (!url.includes('/node_modules/typescript/')) return nextLoad(url, context)
    return { format: 'commonjs', source: "module.exports = require('@ts-morph/common').ts", shortCircuit: true }
  },
})
