package dataintegrity

func (in *input) knownConfig() ([]byte, bool) { return nil, false }
