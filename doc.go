// Package laurel is the map of the module: Comprehensive Learner Records (1EdTech CLR Standard 2.0, on
// Open Badges 3.0 and the W3C Verifiable Credentials Data Model 2.0) created, transmitted, rendered and verified.
//
// There is no code here. One package per specification, one per act; to find a line, ask which document demands it.
//
// # Bytes
//
//   - ijson reads I-JSON strictly (RFC 7493) and writes canonical JSON (RFC 8785)
//   - multibase has the key and signature encodings of Controlled Identifiers 1.0
//   - rdf holds datasets, N-Quads and RDF Dataset Canonicalization (RDFC-1.0) under a work limit
//   - bake puts a credential into an image and takes it out again
//   - fetch gets a document under limits, from a fixed map, or never
//
// # Keys and graphs
//
//   - key, jose, did: public keys, JWS, DID documents
//   - jsonld: JSON-LD 1.1 over embedded, compiled contexts
//   - schema: the shapes of CLR 2.0 and Open Badges 3.0, and JSON Schema
//
// # Credentials
//
//   - vc, dataintegrity, vcjose, statuslist
//
// # Learning
//
//   - ob, clr, framework, upgrade
//
// # Acts
//
//   - issue, present and verify are the three roles of the credential model as verbs
//   - gap, render and export are what people then do with a record; trust says who an issuer is
//
// The library is offline, silent and stateless unless handed a fetcher. The program is cmd/laurel, and the house
// around it is internal. Start with [github.com/openlaurel/laurel/verify.Verify].
package laurel
