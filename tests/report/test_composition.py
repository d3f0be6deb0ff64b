from groklab.report.composition import composition


def test_a_part_is_its_class_and_its_arguments():
    (part, seed) = composition(
        {
            "optimizer": {
                "_target_": "torch.optim.Adam",
                "_partial_": True,
                "lr": 1e-05,
                "betas": [0.9, 0.999],
            },
            "seed": 3,
        }
    )
    assert (part.role, part.target) == ("Optimizer", "Adam")
    assert part.arguments == (("lr", "1e-05"), ("betas", "[0.9, 0.999]"))
    assert seed.arguments == (("", "3"),)


def test_a_mapping_of_parts_gives_one_line_each():
    parts = composition({"regularizer": {"l2": {"_target_": "a.L2"}, "dropout": {"_target_": "a.Dropout"}}})
    assert [part.target for part in parts] == ["L2", "Dropout"]


def test_an_empty_choice_is_none_and_nested_parts_are_spelt_out():
    parts = composition({"regularizer": {}, "architecture": {"_target_": "a.A", "norm": {"_target_": "b.N", "eps": 1}}})
    assert parts[0].arguments == (("norm", "N(eps=1)"),)
    assert parts[1].arguments == (("", "none"),)
