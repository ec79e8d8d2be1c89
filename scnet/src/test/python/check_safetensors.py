"""Loads a safetensors file that scgrad wrote into PyTorch, and compares logits: check_safetensors.py resnet20.safetensors LOGITS.csv CIFAR_TEST_BATCH.bin
The reader is ten lines; the network is ResNet-20 with shortcut A, as published by akamaster/pytorch_resnet_cifar10 (keys fc instead of linear)."""
import json, struct, sys
import torch
from torch import nn
from torch.nn import functional as F

def read(path):
    with open(path, 'rb') as f:
        header = json.loads(f.read(struct.unpack('<Q', f.read(8))[0]))
        data = f.read()
    types = {'F32': torch.float32, 'F64': torch.float64, 'I64': torch.int64}
    header.pop('__metadata__', None)
    return {k: torch.frombuffer(bytearray(data[v['data_offsets'][0]:v['data_offsets'][1]]), dtype=types[v['dtype']]).reshape(v['shape'])
            for k, v in header.items()}

class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.pad = o - i
    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.pad: x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad // 2, self.pad // 2))
        return F.relu(y + x)

class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        stage = lambda i, o, s: nn.Sequential(Block(i, o, s), Block(o, o, 1), Block(o, o, 1))
        self.layer1, self.layer2, self.layer3, self.fc = stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2), nn.Linear(64, 10)
    def forward(self, x):
        return self.fc(self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x)))))).mean((2, 3)))

net = ResNet20()
print(net.load_state_dict(read(sys.argv[1]), strict=True))
images = torch.frombuffer(bytearray(open(sys.argv[3], 'rb').read(100 * 3073)), dtype=torch.uint8).reshape(100, 3073)[:, 1:].reshape(100, 3, 32, 32)
mean, std = torch.tensor([.485, .456, .406]).view(3, 1, 1), torch.tensor([.229, .224, .225]).view(3, 1, 1)
with torch.no_grad(): logits = net.eval()((images / 255 - mean) / std)
expected = torch.tensor([[float(v) for v in line.split(',')] for line in open(sys.argv[2]).read().split()])
worst = (logits - expected).abs().max().item()
print(f'largest difference of a logit over 100 images: {worst:.2e}')
sys.exit(worst > 1e-4)
