// static
export default c => c.html('<p>hello</p>')
