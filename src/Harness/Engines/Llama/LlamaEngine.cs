using Gdn.Harness.Engines.Foreign;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Llama;

/// <summary>Engines that are a libllama: of llama.cpp, or of ik_llama.cpp.</summary>
internal static class LlamaEngine
{
    /// <summary>Loads the libraries of a folder into this process.</summary>
    /// <param name="text"><c>DIR[,option=value...][+fault:ID]</c></param>
    /// <exception cref="EnvironmentException">They are missing, or of another machine.</exception>
    /// <exception cref="InputException">An option is unknown, or the version of the library.</exception>
    public static LoadedEngine Load(string text)
    {
        LlamaOptions options = LlamaOptions.Parse(text);
        return new LoadedEngine(Kernel: null, new LlamaModelFactory(LlamaLibrary.Open(options.Folder), options));
    }
}
