export default event => ({ id: event.context.params.id, name: 'Ada Lovelace' })
