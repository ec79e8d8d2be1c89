"""Makes values_*.pth with any PyTorch; odd_*.pth, odd.json and evil_zip.pth came with the golden figures."""
import torch

def values():
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 1), torch.nn.BatchNorm2d(3))
    for p in net.parameters():
        torch.nn.init.constant_(p, 0.5)
    loop = ["loop"]
    loop.append(loop)
    shared = torch.arange(6, dtype=torch.int32)
    return {
        "net": torch.nn.DataParallel(net).state_dict(),  # an OrderedDict with the attribute _metadata
        "loop": loop,
        "first": shared[:3], "last": shared[3:],
        "set": {1, 2}, "frozen": frozenset(["a"]), "bytes": b"\x00\xff", "no bytes": b"",
        "size": torch.Size([2, 3]), "pair": {(1, "a"): 2}, "huge": 2**100, "less": -2**63, "umlaut": "\u00fc\U0001f600",
        "bool": torch.tensor([True, False]), "u8": torch.tensor([0, 255], dtype=torch.uint8),
        "i8": torch.tensor([-128, 127], dtype=torch.int8), "i16": torch.tensor([-32768], dtype=torch.int16),
        "expanded": torch.tensor([7.0]).expand(2, 3),
    }

torch.save(values(), "values_zip.pth")
torch.save(values(), "values_protocol4.pth", pickle_protocol=4)
torch.save(values(), "values_legacy.pth", _use_new_zipfile_serialization=False)
