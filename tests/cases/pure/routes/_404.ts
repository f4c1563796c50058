// static
export default c => c.text('nothing here')
