package account

// SAMLGate lets tests try the gate alone.
func SAMLGate(b []byte) error { return samlGate(b, true) }
