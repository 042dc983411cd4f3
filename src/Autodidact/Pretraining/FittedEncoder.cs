namespace Autodidact.Pretraining;

/// <summary>A fitted feature extractor.</summary>
/// <param name="Name">How summaries name it.</param>
/// <param name="Graph">An ONNX graph: pictures as bytes in, features out.</param>
/// <param name="Parameters">Numbers it keeps.</param>
/// <param name="Macs">Multiply-accumulates of an image.</param>
internal sealed record FittedEncoder(string Name, byte[] Graph, long Parameters, long Macs);
