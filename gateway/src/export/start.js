      import init from "GLUE";
      const block = document.getElementById("kafkascope-program");
      const text = block.textContent;
      const packed = Uint8Array.fromBase64
        ? Uint8Array.fromBase64(text)
        : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      if (packed.length === Number(block.dataset.bytes)) {
        const program = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
        init({ module_or_path: new Response(program).arrayBuffer() });
      } else {
        document.body.append("This file was not copied whole: ask for it again.");
      }
