"""The network: its sizes, its PyTorch form for training, its ONNX form for composing."""
