package verify

import "flag"

// Update makes the tests write the documents that they otherwise compare.
var Update = flag.Bool("update", false, "write the generated documents")
