package main

import (
	"fmt"

	"github.com/openlaurel/laurel/bake"
)

type bakeCommand struct {
	Image string `arg:"" help:"A PNG or SVG image."`
	File  string `arg:"" help:"The credential: JSON or compact JWS."`
	Out   string `required:"" help:"The image to write."`
}

func (c *bakeCommand) Run(std streams) error {
	image, err := readInput(std, c.Image)
	if err != nil {
		return err
	}
	credential, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	baked, err := bake.Bake(image, credential)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Image, err)
	}
	return writeOutput(std, c.Out, baked)
}

type unbakeCommand struct {
	Image string `arg:"" help:"A baked PNG or SVG, or a PDF that carries a credential."`
	Out   string `help:"The file to write; standard output when absent."`
}

func (c *unbakeCommand) Run(std streams) error {
	image, err := readInput(std, c.Image)
	if err != nil {
		return err
	}
	credential, err := bake.Unbake(image)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Image, err)
	}
	return writeOutput(std, c.Out, credential)
}
