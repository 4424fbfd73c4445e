package main

import (
	"fmt"

	"github.com/openlaurel/laurel/dataintegrity"
)

type deriveCommand struct {
	Reveal []string `required:"" sep:"none" placeholder:"POINTER" help:"JSON pointer of what to show, such as /credentialSubject/result/0; may be repeated. What the issuer made mandatory is always shown."`
	File   string   `arg:"" help:"A credential with an ecdsa-sd-2023 base proof, or - for standard input."`
	Out    string   `placeholder:"FILE" help:"The file to write (default: standard output)."`
}

func (c *deriveCommand) Run(std streams) error {
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	derived, err := dataintegrity.Derive(data, c.Reveal)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return writeOutput(std, c.Out, append(derived, '\n'))
}
