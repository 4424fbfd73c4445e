package vc

// TermsTest is the type of an entry of termsOfUse (VC Data Model 2.0, 5.5) that says: made in a test space, to try things
// out; it tells nothing about anybody. It is an address of this project because no standard has such a word.
const TermsTest = "https://github.com/openlaurel/laurel#TestCredential"
