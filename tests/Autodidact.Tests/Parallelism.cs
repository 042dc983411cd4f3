// libtorch's generator, its number of threads and TorchSharp's count of live tensors belong to the whole process: tests run one after the
// other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
