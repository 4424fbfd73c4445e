// What Digital Bazaar's libraries and jsonld.js say about credentials. Reads one JSON object from standard input:
//
//   contexts  {URL: context document}; nothing else is ever loaded as a context
//   verify    [{id, text, now}]            → verdicts  {id: {verified, canonical, error}}
//   sign      [{id, credential, suite}]    → secured   {id: {text, error}}
//
// Keys are did:key alone, and are read out of the identifier here, by these libraries.
import * as DataIntegrity from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {createHash} from 'node:crypto';
import {createVerifyCryptosuite as ecdsaJcs} from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import {createVerifyCryptosuite as eddsaJcs} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {readFileSync} from 'node:fs';
import jsonld from 'jsonld';

const {DataIntegrityProof} = DataIntegrity;
const input = JSON.parse(readFileSync(0, 'utf8'));
const suite2020 = 'https://w3id.org/security/suites/ed25519-2020/v1';
let oldKeys = false; // Ed25519Signature2020 asks for a key of its own type

async function documentLoader(url) {
  const found = document => ({contextUrl: null, documentUrl: url, document});
  if(Object.hasOwn(input.contexts, url)) {
    return found(input.contexts[url]);
  }
  if(url.startsWith('did:key:')) {
    const [controller] = url.split('#');
    const multibase = controller.slice('did:key:'.length);
    const id = `${controller}#${multibase}`;
    const method = oldKeys ?
      {'@context': suite2020, id, type: 'Ed25519VerificationKey2020', controller, publicKeyMultibase: multibase} :
      {'@context': 'https://w3id.org/security/multikey/v1', id, type: 'Multikey', controller, publicKeyMultibase: multibase};
    if(url === id) {
      return found(method);
    }
    if(url === controller) {
      return found({
        '@context': ['https://www.w3.org/ns/did/v1', method['@context']],
        id: controller, verificationMethod: [method], assertionMethod: [id]
      });
    }
  }
  throw new Error(`not here: ${url}`);
}

const suites = () => [
  eddsaRdfc, ecdsaRdfc, eddsaJcs(), ecdsaJcs(), ecdsaSd.createVerifyCryptosuite()
].map(cryptosuite => new DataIntegrityProof({cryptosuite})).concat(new Ed25519Signature2020());

const words = e => [e, ...(e?.errors ?? []), e?.cause].map(x => x?.message).filter(Boolean).join(' | ').slice(0, 300);

async function judge({text, now}) {
  const out = {verified: false, canonical: '', error: ''};
  let credential;
  try {
    credential = JSON.parse(text);
  } catch(e) {
    out.error = `JSON: ${e.message}`;
    return out;
  }
  try {
    const {proof, ...unsecured} = credential;
    const quads = await jsonld.canonize(unsecured, {algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader, safe: true});
    out.canonical = createHash('sha256').update(quads).digest('hex');
  } catch(e) {
    out.error = `canonize: ${words(e)}`;
  }
  try {
    oldKeys = credential.proof?.[0]?.type === 'Ed25519Signature2020' || credential.proof?.type === 'Ed25519Signature2020';
    const result = await vc.verifyCredential({credential, suite: suites(), documentLoader, now: new Date(now)});
    out.verified = result.verified === true;
    if(!out.verified) {
      out.error += ` verify: ${words(result.error)}`;
    }
  } catch(e) {
    out.error += ` verify threw: ${words(e)}`;
  }
  return out;
}

async function signer(suite) {
  const ed = suite.startsWith('ed') || suite.startsWith('Ed');
  const pair = ed ? await Ed25519Multikey.generate() : await EcdsaMultikey.generate({curve: suite.endsWith('p384') ? 'P-384' : 'P-256'});
  const controller = `did:key:${pair.publicKeyMultibase}`;
  pair.controller = controller;
  pair.id = `${controller}#${pair.publicKeyMultibase}`;
  return {controller, signer: pair.signer()};
}

async function secure({credential, suite: name}) {
  const {controller, signer: s} = await signer(name);
  credential.issuer.id = controller;
  const date = new Date('2026-05-31T11:00:00Z');
  let suite;
  if(name === 'Ed25519Signature2020') {
    suite = new Ed25519Signature2020({signer: s, date});
  } else {
    const cryptosuite = name === 'eddsa-rdfc-2022' ? eddsaRdfc : name.startsWith('ecdsa-rdfc-2019') ? ecdsaRdfc :
      ecdsaSd.createSignCryptosuite({mandatoryPointers: ['/issuer', '/validFrom', '/credentialSubject/achievement']});
    suite = new DataIntegrityProof({signer: s, date, cryptosuite});
  }
  const now = new Date('2026-06-01T12:00:00Z');
  const signed = await vc.issue({credential, suite, documentLoader, now});
  if(name !== 'ecdsa-sd-2023') {
    return {text: JSON.stringify(signed)};
  }
  const disclose = new DataIntegrityProof({
    cryptosuite: ecdsaSd.createDiscloseCryptosuite({selectivePointers: ['/credentialSubject/result', '/name']})
  });
  return {text: JSON.stringify(await vc.derive({verifiableCredential: signed, suite: disclose, documentLoader}))};
}

const answer = {verdicts: {}, secured: {}};
for(const c of input.verify ?? []) {
  answer.verdicts[c.id] = await judge(c);
}
for(const c of input.sign ?? []) {
  answer.secured[c.id] = await secure(c).catch(e => ({error: words(e)}));
}
process.stdout.write(JSON.stringify(answer));
