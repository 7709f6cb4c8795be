"""ResNet-50's stages, and what dilation and zeroed residuals must leave as they are."""

import torch
from torch.nn import functional

from models.networks.resnet import ResNet50, ResNetTrunk


def test_maxima_of_five_stages_are_3904_numbers_in_the_order_of_the_stages():
    with torch.device("meta"):
        network = ResNet50(1.0)
        image = torch.empty(2, 3, 224, 224)
        assert [tuple(stage.shape[1:]) for stage in network.stages(image)] == [
            (64, 112, 112),
            (256, 56, 56),
            (512, 28, 28),
            (1024, 14, 14),
            (2048, 7, 7),
        ]
        assert network.stage_maxima(image).shape == (2, 3904)


def test_a_maximum_is_the_largest_value_of_its_map_with_or_without_the_stems_pooling():
    torch.manual_seed(1)
    network = ResNet50(1 / 16).eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        stages = network.stages(image)
        maxima = network.stage_maxima(image)[0]
        expected = [float(channel.max()) for stage in stages for channel in stage[0]]
        pooled = functional.max_pool2d(stages[0], 3, 2, 1)
    assert maxima.tolist() == expected
    assert torch.equal(pooled.amax(dim=(2, 3)), stages[0].amax(dim=(2, 3)))


def test_without_residuals_only_the_shortcuts_remain():
    torch.manual_seed(2)
    trunk = ResNetTrunk(1 / 16).eval()
    for name, module in trunk.named_modules():
        if name.endswith("bn3"):
            torch.nn.init.zeros_(module.weight)
    with torch.no_grad():
        entering = trunk.pooled(trunk.stem(torch.randn(2, 3, 64, 64)))
        expected = entering
        for number in range(1, 5):
            expected = functional.relu(trunk.get_submodule(f"layer{number}")[0].downsample(expected))
        found = trunk.residual_stages(entering)[-1]
    assert torch.allclose(found, expected, atol=1e-6)


def test_dilated_stages_have_the_same_weights_and_keep_the_resolution():
    torch.manual_seed(3)
    plain, dilated = ResNetTrunk(1 / 16), ResNetTrunk(1 / 16, dilated=(False, False, True, True))
    dilated.load_state_dict(plain.state_dict())
    rates = [trunk.layer4[1].conv2.dilation for trunk in (plain, dilated)]
    assert rates == [(1, 1), (4, 4)]
    assert dilated.layer3[0].conv2.dilation == (1, 1)
    with torch.no_grad():
        image = torch.randn(1, 3, 64, 96)
        stages = [
            trunk.residual_stages(trunk.pooled(trunk.stem(image))) for trunk in (plain.eval(), dilated.eval())
        ]
    assert [tuple(stage.shape[2:]) for stage in stages[0]] == [(16, 24), (8, 12), (4, 6), (2, 3)]
    assert [tuple(stage.shape[2:]) for stage in stages[1]] == [(16, 24), (8, 12), (8, 12), (8, 12)]
