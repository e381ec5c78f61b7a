"""How a fit runs: what it decides first, its trials and its training, and who watches."""
