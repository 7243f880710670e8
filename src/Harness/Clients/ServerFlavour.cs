namespace Gdn.Harness.Clients;

/// <summary>Which server it is: they speak one of two dialects, each with quirks of its own.</summary>
public enum ServerFlavour
{
    /// <summary>Anything else; it is spoken to as OpenAI's API prescribes.</summary>
    Unknown,

    /// <summary>llama-server of llama.cpp.</summary>
    LlamaCpp,

    /// <summary>llama-server of ik_llama.cpp.</summary>
    IkLlama,

    /// <summary>vLLM.</summary>
    Vllm,

    /// <summary>SGLang.</summary>
    Sglang,

    /// <summary>ollama.</summary>
    Ollama,

    /// <summary>This tool's own <c>serve</c>.</summary>
    GdnHarness,
}

/// <summary>Their names on the command line and in reports.</summary>
public static class ServerFlavours
{
    private static readonly (string Name, ServerFlavour Flavour)[] Names =
    [
        ("llama.cpp", ServerFlavour.LlamaCpp), ("ik_llama.cpp", ServerFlavour.IkLlama), ("vllm", ServerFlavour.Vllm),
        ("sglang", ServerFlavour.Sglang), ("ollama", ServerFlavour.Ollama), ("gdn-harness", ServerFlavour.GdnHarness),
        ("unknown", ServerFlavour.Unknown),
    ];

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => Names.Select(entry => entry.Name);

    /// <summary>The name.</summary>
    public static string Name(this ServerFlavour flavour) => Names.First(entry => entry.Flavour == flavour).Name;

    /// <summary>The flavour of that name, or null.</summary>
    public static ServerFlavour? Named(string name) =>
        Names.Where(entry => entry.Name == name).Select(entry => (ServerFlavour?)entry.Flavour).FirstOrDefault();
}
