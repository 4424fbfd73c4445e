// How much CPU Digital Bazaar's vc takes for all proofs of a record: each credential inside, then the record. Reads
// {contexts: {URL: document}, text, rounds, now} from standard input; answers {verified, cpuMs: [milliseconds a round]}.
// Contexts are in memory and parsed, keys are did:key: nothing is fetched.
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';

const input = JSON.parse(readFileSync(0, 'utf8'));
const now = new Date(input.now);

async function documentLoader(url) {
  const found = document => ({contextUrl: null, documentUrl: url, document});
  if(Object.hasOwn(input.contexts, url)) {
    return found(input.contexts[url]);
  }
  if(url.startsWith('did:key:')) {
    const [controller] = url.split('#');
    const publicKeyMultibase = controller.slice('did:key:'.length);
    const id = `${controller}#${publicKeyMultibase}`;
    const method = {'@context': 'https://w3id.org/security/multikey/v1', id, type: 'Multikey', controller, publicKeyMultibase};
    return found(url === id ? method : {
      '@context': ['https://www.w3.org/ns/did/v1', method['@context']], id: controller, verificationMethod: [method], assertionMethod: [id]
    });
  }
  throw new Error(`not here: ${url}`);
}

const check = credential => vc.verifyCredential({
  credential, suite: new DataIntegrityProof({cryptosuite}), documentLoader, now, checkStatus: async () => ({verified: true})
});

const answer = {verified: true, cpuMs: []};
for(let round = 0; round <= input.rounds; round++) {
  const start = process.cpuUsage();
  const record = JSON.parse(input.text);
  for(const credential of [...record.credentialSubject.verifiableCredential, record]) {
    const result = await check(credential);
    if(!result.verified) {
      answer.verified = false;
      answer.error = String(result.error?.errors?.[0] ?? result.error);
    }
  }
  const {user, system} = process.cpuUsage(start);
  if(round > 0) { // the first one warms up
    answer.cpuMs.push((user + system) / 1000);
  }
}
process.stdout.write(JSON.stringify(answer));
