namespace Autodidact.Inference;

/// <summary>Where ONNX Runtime computes. All but the first need a package of ONNX Runtime that has them.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The first GPU of NVIDIA, with the package <c>Microsoft.ML.OnnxRuntime.Gpu</c>.</summary>
    Cuda,

    /// <summary>The first GPU of a Windows machine, with the package <c>Microsoft.ML.OnnxRuntime.DirectML</c>.</summary>
    Directml,

    /// <summary>Apple's GPU and neural engine, on macOS.</summary>
    Coreml,
}
