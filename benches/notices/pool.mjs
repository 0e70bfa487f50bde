// nodemailer's pool at work: so many mails, text and HTML, each with its own name in it. Prints the seconds it took.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, letter, port, sessions, count] = process.argv.slice(2);
const nodemailer = createRequire(folder + '/')('nodemailer');
const { subject, text, html } = JSON.parse(readFileSync(letter, 'utf8'));
const pool = nodemailer.createTransport({
  host: '127.0.0.1',
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: Number(sessions),
  maxMessages: Infinity,
});
const began = process.hrtime.bigint();
let next = 0;
const worker = async () => {
  while (next < Number(count)) {
    const n = next++;
    const name = `Person ${n}`;
    await pool.sendMail({
      from: 'status@example.com',
      to: `c${n}@example.com`,
      subject,
      text: text.replaceAll('[name]', name),
      html: html.replaceAll('[name]', name),
    });
  }
};
await Promise.all(Array.from({ length: Number(sessions) * 4 }, worker));
console.log(Number(process.hrtime.bigint() - began) / 1e9);
pool.close();
