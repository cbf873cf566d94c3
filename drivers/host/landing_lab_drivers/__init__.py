"""Host drivers for the boards of landing-lab: wire protocol, ports, devices, emulator."""
