export default 'User-agent: *\nAllow: /\n'
