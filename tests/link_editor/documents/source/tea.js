// https://tea.example/line
const a = /"https:\/\/no.example"/, b = `// https://no.example/template`; /** @see https://tea.example/block */
