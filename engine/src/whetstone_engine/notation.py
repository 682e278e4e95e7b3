"""How tensors are named: the suffix lists the dimensions, in order.

`logits_BTV` is `[rows, positions, vocabulary]`. The letters mean the same in every module; upper
case counts things, lower case is a width of the model. A digit is a dimension of that size.

    B  rows of a batch          T  positions of a row (queries)   S  positions attended over (keys)
    L  layers                   H  query heads                    K  key/value heads
    G  query heads per K        D  size of a head                 V  vocabulary
    N  positions of all rows    M  positions kept of a row        P  parameters of one adapter
    R  rows with an adapter     J  jobs (or examples) trained together
    d  hidden size              i  a linear layer's inputs        o  a linear layer's outputs
    f  inputs of the activation r  an adapter's rank              q  query size (H * D)
    m, k, n  the three sizes of a plain matrix product
"""
