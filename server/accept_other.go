//go:build !linux

package server

func newAcceptor(*engine) acceptor { return unpolled{} }
