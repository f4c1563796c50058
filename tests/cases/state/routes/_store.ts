export const store = { title: 'first', count: 0 }
export const setTitle = title => {
  store.title = title
}
export const frozen = Object.freeze({ title: 'for ever' })
