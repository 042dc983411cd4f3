namespace Autodidact.Pretraining;

/// <summary>Defines <c>emp-ssl</c>.</summary>
internal static class EmpSslMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "emp-ssl",
        "many views of an image go to their mean, a batch's embeddings span their space (Tong et al. 2023, arXiv 2304.03977)",
        "emp_ssl",
        new EmpSslOptions(),
        (setup, options) => new EmpSsl(setup.Training, options)) with
    {
        Views = o => o.Methods.Get<EmpSslOptions>().Views,
        MultiCrop = true,
        Settings = EmpSslSettings.All,
    };
}
