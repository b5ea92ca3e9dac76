// Package experiment puts loads and servers together so that a question is
// answered: what happens beyond capacity, after a burst, when clients retry,
// beside idle connections; how many workers; and can the generator be trusted?
package experiment
